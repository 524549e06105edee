  ;; Behaves: five per cent of the first column.
