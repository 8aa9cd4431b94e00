"""Every file of a quarter, from one export: equal exports give equal bytes."""

from __future__ import annotations

from deploy.reports.csv_files import french_csv, strict_csv
from deploy.reports.json_file import json_bytes
from deploy.reports.manifest import MANIFEST, SUMS, manifest, sums
from deploy.reports.ods_file import ods_bytes
from deploy.reports.pdf_summary import pdf_bytes
from deploy.reports.readme_file import readme_bytes
from deploy.reports.tables import Export
from deploy.reports.xlsx_file import xlsx_bytes

STRICT = "strict/"


def render(export: Export, *, strict: bool = False) -> dict[str, bytes]:
    """The files by name, `strict/` ones on request only.

    The other files are the same bytes either way: `manifest.json` always tells the digests of the strict tables, which have
    their own `sha256sum -c` list in their folder.
    """
    tables = {f"{table.key}.csv": french_csv(table) for table in export.tables}
    exact = {f"{table.key}.csv": strict_csv(table) for table in export.tables}
    exact[SUMS] = sums(exact)
    aside = {STRICT + name: content for name, content in exact.items()}
    files = {
        **tables,
        "trimestre.xlsx": xlsx_bytes(export),
        "trimestre.ods": ods_bytes(export),
        "trimestre.json": json_bytes(export),
        "synthese.pdf": pdf_bytes(export),
        "LISEZMOI.txt": readme_bytes(export),
    }
    files[MANIFEST] = manifest(export, {**files, **aside})
    files[SUMS] = sums(files)
    return dict(sorted({**files, **(aside if strict else {})}.items()))
