"""Models that the system runs by itself: it fits them, tries them on days that it held back, and
writes what they say of each member, for tags of the kind model to show."""
