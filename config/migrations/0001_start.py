"""The first schema, frozen by `python -m config.freeze`: what the tables were, whatever the models become."""

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from inventory.db import append_only


def table(name, /, *indexes, composite=None, **columns):
    """A table as it is here for ever: its columns in order, its indexes (columns, unique), its composite key."""
    meta = {"table_name": name, "indexes": indexes, **({"primary_key": CompositeKey(*composite)} if composite else {})}
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), meta), **columns})


Person = table(
    "person", id=AutoField(), login=CharField(unique=True), name=CharField(), role=CharField(), signatory=CharField(),
    active=BooleanField(),
)
School = table(
    "school", id=AutoField(), uai=CharField(unique=True, max_length=8), name=CharField(), name_printed=CharField(),
    address=CharField(), postcode=CharField(), commune=CharField(), departement=CharField(), academie=CharField(),
    nature=CharField(), district=CharField(), reference_college_uai=CharField(), reference_college_name=CharField(),
    zone=CharField(), rhythm=CharField(), withdrawn=BooleanField(),
)
Closing = table(
    "closing", id=AutoField(), school=ForeignKeyField(School, null=True, on_delete="RESTRICT"), first=DateField(),
    last=DateField(), reason=CharField(),
)
MobileClass = table(
    "mobile_class", id=AutoField(), code=CharField(unique=True), school=ForeignKeyField(School, on_delete="RESTRICT"),
    name=CharField(), slots=IntegerField(), expected=IntegerField(), convention=CharField(index=True),
    baseline=CharField(), window_first=DateField(null=True), window_last=DateField(null=True),
    withdrawn=BooleanField(),
)
Accessory = table(
    "accessory", composite=("mobile_class", "kind"), mobile_class=ForeignKeyField(MobileClass, on_delete="RESTRICT"),
    kind=CharField(), label=CharField(), expected=IntegerField(),
)
PurchaseLine = table(
    "purchase_line", (("order_reference", "supplier", "model", "unit_price"), False), id=AutoField(),
    order_reference=CharField(), supplier=CharField(), model=CharField(), unit_price=BigIntegerField(null=True),
)
Tablet = table(
    "tablet", (("mobile_class", "slot"), True), id=AutoField(), serial=CharField(unique=True),
    asset_tag=CharField(unique=True, null=True), model=CharField(),
    purchase_line=ForeignKeyField(PurchaseLine, null=True, on_delete="RESTRICT"), warranty_end=DateField(null=True),
    mobile_class=ForeignKeyField(MobileClass, null=True, on_delete="RESTRICT"), slot=IntegerField(null=True),
    stage=CharField(index=True), stage_at=BigIntegerField(null=True), withdrawn=BooleanField(),
)
Event = table(
    "event", (("subject", "axis", "subject_id", "at", "position"), True), position=IntegerField(primary_key=True),
    subject=CharField(), subject_id=IntegerField(), axis=CharField(), value=TextField(), detail=TextField(),
    at=BigIntegerField(), noted=BigIntegerField(index=True),
    actor=ForeignKeyField(Person, null=True, on_delete="RESTRICT"), source=CharField(index=True),
    note_digest=CharField(), previous=CharField(), digest=CharField(),
)
Remark = table(
    "remark", event=ForeignKeyField(Event, primary_key=True, on_delete="RESTRICT"), salt=CharField(),
    text=TextField(null=True),
)
Fact = table(
    "fact", composite=("subject", "axis", "subject_id"), subject=CharField(), subject_id=IntegerField(),
    axis=CharField(), value=TextField(), detail=TextField(), at=BigIntegerField(), noted=BigIntegerField(),
    position=IntegerField(),
)
Sighting = table(
    "sighting", (("connector", "mdm_id"), True), id=AutoField(), connector=CharField(), mdm_id=CharField(),
    serial=CharField(index=True), number=CharField(), status=CharField(), model=CharField(), os_version=CharField(),
    configuration=CharField(), managed=BooleanField(null=True), permissions_granted=BooleanField(null=True),
    apps=TextField(), group=CharField(column_name="group_name"), enrolled_at=BigIntegerField(null=True),
    last_contact=BigIntegerField(null=True), battery=IntegerField(null=True), remarks=TextField(),
    fingerprint=CharField(), pulse=CharField(), first_seen=BigIntegerField(), confirmed_at=BigIntegerField(),
    absent_runs=IntegerField(),
)
ContactMonth = table(
    "contact_month", composite=("sighting", "month"), sighting=ForeignKeyField(Sighting, on_delete="CASCADE"),
    month=IntegerField(), days=IntegerField(),
)
ImportBatch = table(
    "import_batch", id=AutoField(), kind=CharField(), filename=CharField(), sha256=CharField(), rows=IntegerField(),
    created=IntegerField(), changed=IntegerField(), at=BigIntegerField(),
    actor=ForeignKeyField(Person, null=True, on_delete="RESTRICT"), undone_at=BigIntegerField(null=True),
)
ImportDraft = table(
    "import_draft", id=AutoField(), kind=CharField(), filename=CharField(), content=BlobField(), at=BigIntegerField(),
    person=ForeignKeyField(Person, on_delete="RESTRICT"),
)
Connector = table(
    "connector", id=AutoField(), name=CharField(unique=True), kind=CharField(), url=CharField(), login=CharField(),
    secret=BlobField(null=True), active=BooleanField(), created=BigIntegerField(),
)
SyncRun = table(
    "sync_run", (("connector", "started"), False), id=AutoField(),
    connector=ForeignKeyField(Connector, on_delete="RESTRICT"), state=CharField(), holder=CharField(),
    started=BigIntegerField(), ended=BigIntegerField(null=True), declared=IntegerField(null=True), seen=IntegerField(),
    changed=IntegerField(), heard=IntegerField(), unchanged=IntegerField(), refused=IntegerField(),
    dropped=IntegerField(), requests=IntegerField(), absent=IntegerField(), gone=IntegerField(), message=TextField(),
    refusals=TextField(), staged=BlobField(null=True),
    decided_by=ForeignKeyField(Person, null=True, on_delete="RESTRICT"), decided_at=BigIntegerField(null=True),
    reason=TextField(),
)
LoadedConvention = table(
    "loaded_convention", id=AutoField(), key=CharField(unique=True), title=CharField(), source=TextField(),
    sha256=CharField(), loaded=BigIntegerField(),
)
LoadedBaseline = table(
    "loaded_baseline", id=AutoField(), key=CharField(unique=True), source=TextField(), sha256=CharField(),
    loaded=BigIntegerField(),
)
QuarterIssue = table(
    "quarter_issue", (("convention", "period"), True), id=AutoField(), convention=CharField(), period=CharField(),
    issued=BigIntegerField(), actor=ForeignKeyField(Person, null=True, on_delete="RESTRICT"),
    manifest_sha256=CharField(),
)
QuarterFile = table(
    "quarter_file", composite=("issue", "name"), issue=ForeignKeyField(QuarterIssue, on_delete="RESTRICT"),
    name=CharField(), sha256=CharField(), content=BlobField(),
)
Credential = table(
    "credential", person=ForeignKeyField(Person, primary_key=True, on_delete="RESTRICT"), password_hash=CharField(),
    failures=IntegerField(), locked_until=BigIntegerField(null=True),
)
WebSession = table(
    "web_session", id=AutoField(), token_digest=CharField(unique=True), csrf=CharField(),
    person=ForeignKeyField(Person, on_delete="RESTRICT"), started=BigIntegerField(), last_seen=BigIntegerField(),
    ended=BigIntegerField(null=True), agent=CharField(),
)
Lease = table(
    "lease", name=CharField(primary_key=True), holder=CharField(), token=IntegerField(), expires=BigIntegerField(),
)
JobRun = table(
    "job_run", (("job", "period"), True), id=AutoField(), job=CharField(), period=CharField(), state=CharField(),
    token=IntegerField(), attempts=IntegerField(), started=BigIntegerField(), ended=BigIntegerField(null=True),
    outcome=TextField(),
)
TABLES = (
    Person, School, Closing, MobileClass, Accessory, PurchaseLine, Tablet, Event, Remark, Fact, Sighting, ContactMonth,
    ImportBatch, ImportDraft, Connector, SyncRun, LoadedConvention, LoadedBaseline, QuarterIssue, QuarterFile,
    Credential, WebSession, Lease, JobRun,
)
APPEND_ONLY = ("event",)


def up(migrator, db):
    """Create every table; rows of the append-only ones are then refused any change by the database itself."""
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
    for name in APPEND_ONLY:
        append_only(name)
