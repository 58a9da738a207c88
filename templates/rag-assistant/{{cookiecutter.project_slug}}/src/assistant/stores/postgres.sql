CREATE TABLE format (version integer NOT NULL, dimensions integer NOT NULL);

CREATE TABLE facts (name text PRIMARY KEY, value text NOT NULL);

CREATE TABLE documents (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    title text NOT NULL,
    text text NOT NULL,
    digest text NOT NULL,
    metadata text NOT NULL
);

CREATE TABLE labels (
    name text,
    value text,
    document bigint REFERENCES documents ON DELETE CASCADE,
    PRIMARY KEY (document, name)
);
CREATE INDEX labels_by_value ON labels (name, value, document);

CREATE TABLE chunks (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    document bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    section text NOT NULL,
    start integer NOT NULL,
    stop integer NOT NULL,
    text text NOT NULL,
    sentences text NOT NULL,
    sentence_vectors bytea NOT NULL,
    length integer NOT NULL
);
CREATE INDEX chunks_of_document ON chunks (document);

CREATE TABLE vectors (
    chunk bigint PRIMARY KEY REFERENCES chunks ON DELETE CASCADE,
    embedding vector NOT NULL
);

-- What BM25 has to count, since ts_rank does not know how rare a word is.
CREATE TABLE words (
    lexeme text,
    chunk bigint REFERENCES chunks ON DELETE CASCADE,
    frequency integer NOT NULL,
    PRIMARY KEY (lexeme, chunk)
);
CREATE INDEX words_of_chunk ON words (chunk);

-- English stems without English's stop words: BM25 weighs them, and in some subjects they are names.
CREATE TEXT SEARCH DICTIONARY stems (TEMPLATE = snowball, LANGUAGE = english);
CREATE TEXT SEARCH CONFIGURATION stemmed (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION stemmed ALTER MAPPING REPLACE english_stem WITH stems;
