-- Links that were made for somebody. The standing links of a meeting have no row.

CREATE TABLE link (
    id TEXT PRIMARY KEY NOT NULL,
    meeting TEXT NOT NULL,   -- a key of the table meeting, or of a conference of the configuration
    stored BIGINT NOT NULL,  -- 1: of the table meeting, with which it goes
    role TEXT NOT NULL,
    name TEXT,               -- sealed
    not_before BIGINT,
    expires BIGINT,
    uses BIGINT,
    used BIGINT NOT NULL,
    created BIGINT NOT NULL,
    revoked BIGINT
);
CREATE INDEX link_meeting ON link (meeting, created, id);
