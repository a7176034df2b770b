// The page where a voter votes.
