BEGIN TRANSACTION;
CREATE TABLE reconciler_findings (
	number INTEGER NOT NULL, 
	environment VARCHAR(255) NOT NULL, 
	finding VARCHAR(12) NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	subject TEXT NOT NULL, 
	verdict VARCHAR(16) NOT NULL, 
	severity VARCHAR(16) NOT NULL, 
	first_seen VARCHAR(32) NOT NULL, 
	last_seen VARCHAR(32) NOT NULL, 
	closed VARCHAR(32), 
	PRIMARY KEY (number)
);
INSERT INTO "reconciler_findings" VALUES(1,'test','19554a69f7c3','group','group staff','changed','medium','2026-11-29T00:22:50.402590+00:00','2026-11-29T00:22:55.944190+00:00',NULL);
CREATE TABLE reconciler_format (
	number INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "reconciler_format" VALUES(1,1);
CREATE TABLE reconciler_runs (
	number INTEGER NOT NULL, 
	environment VARCHAR(255) NOT NULL, 
	started VARCHAR(32) NOT NULL, 
	commit_id VARCHAR(64) NOT NULL, 
	drift INTEGER NOT NULL, 
	findings INTEGER NOT NULL, 
	critical INTEGER NOT NULL, 
	high INTEGER NOT NULL, 
	opened INTEGER NOT NULL, 
	closed INTEGER NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "reconciler_runs" VALUES(1,'test','2026-11-29T00:22:50.402590+00:00','',0,0,0,0,0,0);
INSERT INTO "reconciler_runs" VALUES(2,'test','2026-11-29T00:22:55.944190+00:00','',0,0,0,0,0,0);
CREATE INDEX ix_reconciler_runs_environment ON reconciler_runs (environment);
CREATE INDEX ix_reconciler_findings_environment ON reconciler_findings (environment);
COMMIT;
