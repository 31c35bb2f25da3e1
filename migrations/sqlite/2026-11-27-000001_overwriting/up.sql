-- Pages are to be cleaned of what moved away from them: something may have been erased before that was done.
PRAGMA user_version = 1;
