"""The committees of article 4: who sits, when they meet, what they decide, and how a class's integration is validated."""
