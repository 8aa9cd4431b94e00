"""The digest of what a register told of each asset: its next reading compares that, and looks no further at what says the same."""


def up(migrator, db):
    """No digest was kept until now: the next reading of each register fills them."""
    db.execute_sql('ALTER TABLE peer_asset ADD COLUMN "told" VARCHAR(255)')
