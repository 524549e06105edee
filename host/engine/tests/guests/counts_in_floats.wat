  ;; One multiplication in floating point.
  (func $rate_as_float (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.05)))
