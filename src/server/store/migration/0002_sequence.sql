-- How often a meeting was changed: the SEQUENCE of its calendar entries.

ALTER TABLE meeting ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;
