"""Small things used everywhere: clock, errors, crypto, SQL files, Arrow to Postgres."""
