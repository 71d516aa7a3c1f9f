PRAGMA application_id = 1413956174;
PRAGMA user_version = 1;
CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL) STRICT;
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
CREATE INDEX case_office   ON case_file (office, due, id)           WHERE office <> '';
CREATE INDEX case_received ON case_file (received, closed, due, id) WHERE received <> '';
CREATE INDEX case_subject  ON case_file (subject, due, id)          WHERE subject <> '';
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
INSERT INTO case_event VALUES (1048577, 1772368496789, 'received', '{"by":"王"}');
INSERT INTO case_event VALUES (1048578, 1772368496789, 'accepted', NULL);
INSERT INTO case_file VALUES (1, '01', 2, '510400-1', '512B0003600037', 2, 'accepted', 'p', 'street', 'window', 'li', '~', 1772368496789, 1772368496789, 0, '{"zh":"老人补贴"}', 2, 156);
INSERT INTO document VALUES ('papers', '户口簿', 1, '{"office":"街道"}', '{"z":1, "a":"𠮷"}
', 1772368496789, 159557085296789);
INSERT INTO document_key VALUES ('papers', 'office', '街道', '户口簿');
INSERT INTO effect VALUES ('01/1', '01', 'notify', 1772368496789, '{}', 2132368496789, 1, 'w', 1);
INSERT INTO effect VALUES ('01/2', '01', 'notify', 1772368496789, '{}', 1772368496789, 0, '', 0);
INSERT INTO migration VALUES (1, '0001_records.sql', '2026-11-23 15:40:22');
INSERT INTO sequence VALUES ('', 1);
INSERT INTO sequence VALUES ('case', 2);
