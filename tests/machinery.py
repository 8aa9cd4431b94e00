"""The modules that are no pure nouns though no fixed word names them: what each does, held to the list by `test_house`."""

MACHINERY = {
    "inventory.columns": "the kinds of column of the tables",
    **dict.fromkeys(("inventory.postgres", "inventory.sqlite"), "an engine, for the handle alone"),
    "inventory.journal": "appends to and folds the journal's tables",
    "inventory.guards": "judges a tablet's row on behalf of the actions",
    "inventory.lists": "the pages and files of the lists, over their queries",
    "inventory.panels": "where other rooms hang a piece of page",
    "inventory.timeline": "words the journal's lines for a page",
    "deploy.panels": "the pieces of page this room hangs on the ground floor's",
    "deploy.reports.pdf_summary": "sets the one-page summary through typst",
    "deploy.committee.paper": "sets a meeting's notice and minutes through typst",
    "deploy.reports.xlsx_file": "writes the workbook through xlsxwriter",
    "deploy.reports.render": "calls every writer of the export",
    **dict.fromkeys(("mdm.drivers", "mdm.capabilities"), "one file a server, over the client and the reports; what each can tell"),
    "deploy.words": "words this room's lines of the journal, for the ground floor's timeline",
    "deploy.plots": "draws what the board's queries found",
    "mdm.driver": "the reports and the protocol of drivers, as msgspec structures",
    **dict.fromkeys(("mdm.http", "mdm.adapter"), "the one client of requests"),
    "mdm.panels": "the piece of page this room hangs on a mobile class",
    "mdm.staging": "spools a whole reading to disk",
    "mdm.sync": "the verb of the ear, between drivers and tables",
}
