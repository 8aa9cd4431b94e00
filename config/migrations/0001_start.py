"""The first schema."""

from config import models as config_models
from deploy import models as deploy_models
from inventory import models as inventory_models
from inventory.db import append_only
from mdm import models as mdm_models


def up(migrator, db):
    for room in (inventory_models, mdm_models, deploy_models, config_models):
        db.create_tables(room.TABLES)
    append_only("event")
