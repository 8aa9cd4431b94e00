"""LISEZMOI.txt: what each file of a quarter is and how to verify it, for whoever receives the folder."""

from __future__ import annotations

import textwrap

from deploy.reports.tables import Export, Table
from inventory.french import counted, typeset

WIDTH = 100
BOM = "\ufeff"


def readme_bytes(export: Export) -> bytes:
    """French, UTF-8 with its mark and CRLF, so that any text editor shows it right."""
    lines = [*_heading(export), *_files(export), *READING, *_verifying(export)]
    return (BOM + "\r\n".join(typeset(line) for line in lines) + "\r\n").encode()


def _heading(export: Export) -> list[str]:
    summary = export.summary
    title = f"{summary.title} : {summary.period_label}"
    state = ["PROVISOIRE : le trimestre n'est pas fini, ces fichiers changeront encore.", ""]
    return [
        title,
        "=" * len(title),
        "",
        *_folded(summary.convention),
        "",
        *_folded(summary.mention),
        "(article 9 de la convention ; cette mention vaut pour tous les fichiers du dossier, CSV compris)",
        "",
        *(state if summary.provisional else []),
        summary.issue_line,
        "",
    ]


def _files(export: Export) -> list[str]:
    tables = [(f"{table.key}.csv", _table(table)) for table in export.tables]
    named = (*ALWAYS, *tables, *ASIDE)
    width = max(len(name) for name, _ in named)
    return ["Les fichiers", "------------", *(f"  {name:<{width}}  {what}" for name, what in named), ""]


def _table(table: Table) -> str:
    return f"{table.title} ({counted(len(table.rows), 'ligne', 'lignes')})"


def _verifying(export: Export) -> list[str]:
    told = [
        "Vérifier",
        "--------",
        "Linux, macOS (dans ce dossier) :",
        "  sha256sum -c MANIFEST.sha256",
        "et dans le dossier strict, s'il est là, la même commande.",
        "Windows (PowerShell), à comparer avec les lignes de MANIFEST.sha256 :",
        "  Get-FileHash *.* -Algorithm SHA256",
        "",
        f"Journal de Cartable {export.version} : ligne {export.journal_position}, d'empreinte",
        f"  {export.journal_digest}",
    ]
    if not export.summary.provisional:
        told += ["Émis, ce trimestre ne change plus : émis de nouveau, il rend les mêmes octets."]
    return told


def _folded(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH) or [""]


ALWAYS = (
    ("synthese.pdf", "l'état d'avancement : une page de chiffres, courbe et remarques, puis ses annexes"),
    ("trimestre.xlsx", "un classeur : la synthèse, puis une feuille par table"),
    ("trimestre.ods", "le même classeur, au format OpenDocument"),
    ("trimestre.json", "tout le trimestre pour un programme"),
    ("manifest.json", "date d'émission, ligne du journal, taille et empreinte de chaque fichier"),
    ("MANIFEST.sha256", "empreinte SHA-256 de chaque fichier, pour les vérifier"),
)
ASIDE = (("strict/", "sur demande : les mêmes tables en CSV strict (RFC 4180), pour un programme"),)
READING = [
    "Lire",
    "----",
    "Les CSV s'ouvrent d'un double-clic dans un tableur français : séparateur « ; », virgule décimale,",
    "dates jj/mm/aaaa, heures de Paris. Une apostrophe est placée devant un texte qu'un tableur prendrait pour",
    "une formule (il commence par =, +, -, @, une tabulation ou une fin de ligne) : l'ôter rend le texte.",
    "Un tableur peut défigurer un numéro de série tout en chiffres lu dans un CSV : le classeur, lui, le garde.",
    "Les CSV stricts et le JSON donnent dates et heures selon ISO 8601, les heures en temps universel (Z) : ce sont",
    "eux qui font foi dans la nuit du changement d'heure. Les montants sont en euros, au centime.",
    "",
]
