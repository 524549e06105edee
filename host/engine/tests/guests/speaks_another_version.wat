(component
  ;; The interface of a later contract.
  (instance $rules)
  (export "attain:policy/rules@2.0.0" (instance $rules)))
