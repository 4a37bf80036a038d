-- The layout that a meeting begins with; none: the bridge's.

ALTER TABLE meeting ADD COLUMN layout TEXT;
