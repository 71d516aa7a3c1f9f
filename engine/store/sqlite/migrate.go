package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/tongban/tongban/engine/fault"
)

// applicationID marks the file as ours ("TGBN"), for people and for file(1).
const applicationID = 0x5447424e

// Numbered from 0001 without gaps. A released file never changes: a database knows only the numbers it has been through.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the database to the newest version, one migration a transaction, and refuses one that is newer still.
// PRAGMA user_version holds the version; the table migration records when each step was taken.
func migrate(ctx context.Context, conn *sql.Conn) error {
	names, err := fs.Glob(migrations, "migrations/*.sql") // in lexical order, which is that of the numbers
	if err != nil {
		return err
	}
	var version, application, tables int
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if err := conn.QueryRowContext(ctx, "PRAGMA application_id").Scan(&application); err != nil {
		return err
	}
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	if tables > 0 && application != applicationID {
		return fault.New(fault.Invalid, "store.foreign")
	}
	if version > len(names) {
		return fault.New(fault.Invalid, "store.newer", "version", version, "known", len(names))
	}
	for i, name := range names[version:] {
		number := version + i + 1
		script, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		if n, err := strconv.Atoi(strings.TrimPrefix(name, "migrations/")[:4]); err != nil || n != number {
			return fmt.Errorf("migration %s should be number %d", name, number)
		}
		if err := step(ctx, conn, number, name, string(script)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// step runs one migration and its record in a transaction.
func step(ctx context.Context, conn *sql.Conn, number int, name, script string) (err error) {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback() // the first error is the one to tell
		}
	}()
	if number == 1 {
		script = "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL) STRICT;\n" + script
	}
	if _, err := tx.ExecContext(ctx, script); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO migration (number, name, at) VALUES (?, ?, datetime('now'))",
		number, strings.TrimPrefix(name, "migrations/")); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, number)); err != nil {
		return err
	}
	return tx.Commit()
}
