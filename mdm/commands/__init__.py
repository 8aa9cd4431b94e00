"""What may be asked of a tablet through its MDM: asked by one person, allowed by another, stopped by anybody, told done when it is seen done."""
