"""A quarter may be issued again as a correction, with its number, its reason and its seal."""

from peewee import SQL, CharField, IntegerField, Model


def up(migrator, db):
    """The quarters issued so far are the first of their period, without a seal."""
    issue = type(Model)(
        "quarter_issue", (Model,), {
            "Meta": type("Meta", (), {"table_name": "quarter_issue"}), "number": IntegerField(constraints=[SQL("DEFAULT 1")]),
            "reason": CharField(constraints=[SQL("DEFAULT ''")]), "seal": CharField(constraints=[SQL("DEFAULT ''")]),
        },
    )  # fmt: skip
    with db.bind_ctx([issue], bind_refs=False, bind_backrefs=False):
        context = db.get_sql_context()
        for field in (issue.number, issue.reason, issue.seal):
            column, _ = db.get_sql_context().sql(field.ddl(context)).query()
            db.execute_sql(f"ALTER TABLE quarter_issue ADD COLUMN {column}")
    migrator.migrate(
        migrator.drop_index("quarter_issue", "quarter_issue_convention_period"),
        migrator.add_index("quarter_issue", ("convention", "period", "number"), unique=True),
    )
