"""The hand-over of a cart to its school (*PV de mise à disposition*): shown, signed, sealed; its reservations lifted one by one."""
