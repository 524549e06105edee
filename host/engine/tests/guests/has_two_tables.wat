  ;; Two tables, one of them with thirty entries.
  (table 30 funcref)
  (table 0 funcref)
