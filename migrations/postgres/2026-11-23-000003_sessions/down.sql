DROP TABLE used_logins;
DROP TABLE sessions;
