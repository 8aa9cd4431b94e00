"""The plan and the account, for programs: the board, the steps, the findings, the quarters."""
