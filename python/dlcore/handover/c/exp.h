/* The exponential function and its kin. All write x = n ln2 + r, |r| <= ln2 / 2, and scale a polynomial in r by 2^n. */

/* (exp(r) - 1 - r) / r^2. */
static const float dl_expm1_terms[5] = {0x1.fffffep-2f, 0x1.5554b0p-3f, 0x1.555716p-5f, 0x1.1227b6p-7f,
                                        0x1.6b73d0p-10f};

/* n + bias in the low bits of a float, and r. */
typedef struct {
  float integer, r;
} dl_reduced;

static inline dl_reduced dl_reduce(float x, int bias) {
  const float shift = 0x1.8p23f + (float)bias;
  dl_reduced a;
  float n;
  a.integer = dl_fma(x, 0x1.715476p+0f, shift);
  n = a.integer - shift;
  a.r = dl_fnma(n, 0x1.7f7d1cp-20f, dl_fnma(n, 0x1.62e400p-1f, x));
  return a;
}

/* 2^n, where n sits in the low bits of the integer. */
static inline float dl_power_of_two(float integer) { return dl_float((dl_bits(integer) << 23) + 0x3f800000u); }

/* exp(r) - 1 for |r| <= ln2 / 2. */
static inline float dl_expm1_reduced(float r) { return dl_fma(r * r, dl_polynomial(r, dl_expm1_terms, 5), r); }

/* exp(r) for |r| <= ln2 / 2. */
static inline float dl_exp_reduced(float r) {
  return dl_fma(dl_fma(dl_polynomial(r, dl_expm1_terms, 5), r, 1.0f), r, 1.0f);
}

/* e^x for x <= 0, in two steps, so that denormals are rounded once. */
static inline float dl_exp_of_negative(float x) {
  const dl_reduced a = dl_reduce(dl_max(-104.0f, x), 64);
  return dl_exp_reduced(a.r) * dl_power_of_two(a.integer) * 0x1p-64f;
}

/* e^x. */
static inline float dl_exp(float x) {
  const float clamped = dl_min(89.0f, dl_max(-104.0f, x));
  const int below = clamped < 0.0f;
  const dl_reduced a = dl_reduce(clamped, below ? 64 : -1);
  return dl_exp_reduced(a.r) * dl_power_of_two(a.integer) * (below ? 0x1p-64f : 2.0f);
}

/* e^x - 1 = 2 (2^(n - 1) expm1(r) + (2^(n - 1) - 1/2)). */
static inline float dl_expm1(float x) {
  const dl_reduced a = dl_reduce(dl_min(89.0f, dl_max(-20.0f, x)), -1);
  const float scale = dl_power_of_two(a.integer), y = dl_fma(dl_expm1_reduced(a.r), scale, scale - 0.5f);
  return dl_abs(x) < 0x1p-125f ? x : y + y;
}

/* 1 / (1 + e^-x), from e^-|x| = 2^n (1 + p). */
static inline float dl_sigmoid_of(float x) {
  const dl_reduced a = dl_reduce(dl_max(-104.0f, dl_float(dl_bits(x) | 0x80000000u)), 64);
  const float raised = dl_power_of_two(a.integer), scale = raised * 0x1p-64f, p = dl_expm1_reduced(a.r);
  const int below = x < 0.0f;
  const float q = (below ? raised : 0x1p64f) / dl_fma(p, scale, 1.0f + scale);
  return dl_fma(q, below ? p : 0.0f, q) * 0x1p-64f;
}

/* (1 - e) / (1 + e) with e = e^(-2|x|) = 2^n (1 + p), and the sign of x. */
static inline float dl_tanh_of(float x) {
  const dl_reduced a = dl_reduce(dl_min(10.0f, dl_abs(x)) * -2.0f, 0);
  const float scale = dl_power_of_two(a.integer), p = dl_expm1_reduced(a.r);
  return dl_with_sign(dl_fnma(p, scale, 1.0f - scale) / dl_fma(p, scale, 1.0f + scale), x);
}
