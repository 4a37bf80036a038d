-- Guests of a meeting may have their telephone called.

ALTER TABLE meeting ADD COLUMN guests_call_me BIGINT NOT NULL DEFAULT 0;
