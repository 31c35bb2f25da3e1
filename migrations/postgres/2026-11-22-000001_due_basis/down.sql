DROP TABLE due_basis;
