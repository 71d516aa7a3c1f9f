-- Times are milliseconds since 1970 in UTC. Bodies are JSON texts kept byte for byte, NULL when there is none.

CREATE TABLE document (
  collection TEXT    NOT NULL,
  id         TEXT    NOT NULL,
  revision   INTEGER NOT NULL,
  keys       TEXT,               -- JSON object of the entries in document_key
  body       TEXT,
  updated    INTEGER NOT NULL,
  expires    INTEGER,            -- NULL: never
  PRIMARY KEY (collection, id)
) STRICT;

CREATE INDEX document_expires ON document (expires) WHERE expires IS NOT NULL;

CREATE TABLE document_key (
  collection TEXT NOT NULL,
  name       TEXT NOT NULL,
  value      TEXT NOT NULL,
  id         TEXT NOT NULL,
  PRIMARY KEY (collection, name, value, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sequence (
  name  TEXT    NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL         -- the last number given
) STRICT, WITHOUT ROWID;

CREATE TABLE case_file (
  key      INTEGER PRIMARY KEY,
  id       TEXT    NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  number   TEXT    NOT NULL UNIQUE,
  item     TEXT    NOT NULL,
  version  INTEGER NOT NULL,
  state    TEXT    NOT NULL,
  subject  TEXT    NOT NULL,
  office   TEXT    NOT NULL,
  received TEXT    NOT NULL,
  assignee TEXT    NOT NULL,
  due      TEXT    NOT NULL,     -- '~' when there is none, so that it sorts after every date
  created  INTEGER NOT NULL,
  updated  INTEGER NOT NULL,
  closed   INTEGER NOT NULL,
  title    TEXT,
  events   INTEGER NOT NULL,     -- Seq of the last event
  size     INTEGER NOT NULL      -- of the log, as the port counts it
) STRICT;

-- One index for each selector a queue can be read by. Each costs every new case a page on the disk, so open and closed
-- cases share one where closed ones pile up: an office has received ever more, but holds few at a time, and a person has few.
CREATE INDEX case_office   ON case_file (office, due, id)           WHERE office <> '';
CREATE INDEX case_received ON case_file (received, closed, due, id) WHERE received <> '';
CREATE INDEX case_subject  ON case_file (subject, due, id)          WHERE subject <> '';

-- The log of a case lies together, in order, and needs no other index: its rows are keyed by the case's key * 2^20 + Seq.
CREATE TABLE case_event (
  key  INTEGER PRIMARY KEY,
  at   INTEGER NOT NULL,
  kind TEXT    NOT NULL,
  body TEXT
) STRICT;

CREATE TABLE effect (
  id      TEXT    NOT NULL PRIMARY KEY,
  case_id TEXT    NOT NULL,
  kind    TEXT    NOT NULL,
  due     INTEGER NOT NULL,
  body    TEXT,
  ready   INTEGER NOT NULL,      -- when it may be claimed: due, or the end of its lease
  fence   INTEGER NOT NULL,      -- of its newest claim; 0: nobody may finish it
  worker  TEXT    NOT NULL,      -- who claimed it last, for people who look
  tries   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX effect_ready ON effect (ready, id);
