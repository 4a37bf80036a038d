-- Runs on SQLite and on PostgreSQL alike: TEXT and BIGINT only, times in microseconds since 1970
-- (UTC), truth values as 0 and 1, bytes in base64 or hex.

CREATE TABLE meeting (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    starts BIGINT,
    ends BIGINT,
    host_pin TEXT,          -- sealed
    guest_pin TEXT,         -- sealed
    link_secret TEXT,       -- sealed; gone when the meeting has ended
    lobby TEXT NOT NULL,
    wait_for_host BIGINT NOT NULL,
    mute_on_entry BIGINT NOT NULL,
    locked_at_start BIGINT NOT NULL,
    max_participants BIGINT NOT NULL,
    lang TEXT NOT NULL,
    early_entry_min BIGINT NOT NULL,
    created BIGINT NOT NULL,
    ended BIGINT
);

-- What is dialled: aliases and codes share one space of names.
CREATE TABLE meeting_name (
    name TEXT PRIMARY KEY NOT NULL,
    meeting TEXT NOT NULL REFERENCES meeting (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    place BIGINT NOT NULL,
    gone BIGINT
);
CREATE INDEX meeting_name_meeting ON meeting_name (meeting);

CREATE TABLE call_record (
    id TEXT PRIMARY KEY NOT NULL,
    protocol TEXT NOT NULL,
    direction TEXT NOT NULL,
    started BIGINT NOT NULL,
    answered BIGINT,
    ended BIGINT,
    cause TEXT,
    called TEXT,            -- personal, like the next two
    calling TEXT,
    source TEXT,
    conference TEXT,
    trunk TEXT,
    explanation TEXT NOT NULL,
    codec TEXT,
    encryption TEXT,
    stats TEXT NOT NULL,
    feedback BIGINT,
    profile TEXT
);
CREATE INDEX call_record_started ON call_record (started, id);

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    result TEXT NOT NULL,
    personal TEXT NOT NULL,  -- field=digest pairs
    hash TEXT NOT NULL
);

-- The personal values behind the digests, with their salts. Deleting them leaves the chain whole.
CREATE TABLE audit_personal (
    seq BIGINT NOT NULL,
    field TEXT NOT NULL,
    salt TEXT NOT NULL,
    value TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (seq, field)
);
CREATE INDEX audit_personal_at ON audit_personal (at);

-- One row: where the chain ends. Sealed, so that who can only write the database cannot forge it.
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY NOT NULL,
    seq BIGINT NOT NULL,
    seal TEXT NOT NULL
);

CREATE TABLE token (
    id TEXT PRIMARY KEY NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT
);

-- One row at most: the code that is exchanged once for the first token.
CREATE TABLE bootstrap (
    id BIGINT PRIMARY KEY NOT NULL,
    hash TEXT NOT NULL,
    expires BIGINT NOT NULL
);

CREATE TABLE secret (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL      -- sealed
);

-- Written and deleted again to learn whether there is space.
CREATE TABLE probe (
    id BIGINT PRIMARY KEY NOT NULL,
    filler TEXT NOT NULL
);
