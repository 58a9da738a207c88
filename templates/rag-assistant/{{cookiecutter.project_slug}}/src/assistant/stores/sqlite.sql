-- application_id ("RAGI") tells our files from other databases, user_version one set of tables from the next.
PRAGMA application_id = 0x52414749;
PRAGMA user_version = 1;

CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE format (dimensions INTEGER NOT NULL) STRICT;

CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    digest TEXT NOT NULL,
    metadata TEXT NOT NULL
) STRICT;

CREATE TABLE labels (
    name TEXT,
    value TEXT,
    document INTEGER REFERENCES documents ON DELETE CASCADE,
    PRIMARY KEY (name, value, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX labels_of_document ON labels (document);

CREATE TABLE chunks (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    section TEXT NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    text TEXT NOT NULL,
    sentences TEXT NOT NULL,
    sentence_vectors BLOB NOT NULL
) STRICT;
CREATE INDEX chunks_of_document ON chunks (document);

CREATE TABLE vectors (
    chunk INTEGER PRIMARY KEY REFERENCES chunks ON DELETE CASCADE,
    embedding BLOB NOT NULL
) STRICT;

CREATE VIRTUAL TABLE words USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER words_of_chunk AFTER DELETE ON chunks BEGIN
    DELETE FROM words WHERE rowid = old.number;
END;
