// The list of elections that this device knows.
