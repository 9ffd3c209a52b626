/* What every formula is written with: floats as bits, and a fused multiply-add that needs no library. */

static inline uint32_t dl_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float dl_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline float dl_infinity(void) { return dl_float(0x7f800000u); }

/* a * b + c, rounded once. Without an instruction for it, in double: the product is exact there, and a sum that is not
   is rounded to an odd last bit, so that the rounding to float that follows is the only one that counts. */
static inline float dl_fma(float a, float b, float c) {
#if defined(__GNUC__) && (defined(__FMA__) || defined(__aarch64__) || defined(__ARM_FEATURE_FMA))
  return __builtin_fmaf(a, b, c);
#else
  const double product = (double)a * (double)b;
  double sum = product + (double)c;
  const double added = sum - product;
  const double lost = (product - (sum - added)) + ((double)c - added);
  uint64_t bits;
  memcpy(&bits, &sum, sizeof bits);
  if ((lost > 0 || lost < 0) && !(bits & 1u)) bits = (lost > 0) == (sum > 0) ? bits + 1u : bits - 1u;
  memcpy(&sum, &bits, sizeof sum);
  return (float)sum;
#endif
}

/* c - a * b, rounded once. */
static inline float dl_fnma(float a, float b, float c) { return dl_fma(-a, b, c); }

/* The larger one; b where one is NaN or both are zero. */
static inline float dl_max(float a, float b) { return a > b ? a : b; }

/* The smaller one; b where one is NaN or both are zero. */
static inline float dl_min(float a, float b) { return a < b ? a : b; }

static inline float dl_abs(float x) { return dl_float(dl_bits(x) & 0x7fffffffu); }

/* The magnitude of a, which is not negative or has b's sign, with the sign of b. */
static inline float dl_with_sign(float a, float b) { return dl_float(dl_bits(a) | (dl_bits(b) & 0x80000000u)); }

/* x within [low, high]; a NaN stays one. */
static inline float dl_clamp(float x, float low, float high) { return dl_min(high, dl_max(low, x)); }

/* c[0] + c[1] x + ..., by Horner's rule. */
static inline float dl_polynomial(float x, const float* c, int count) {
  float y = c[count - 1];
  int i;
  for (i = count - 2; i >= 0; i--) y = dl_fma(y, x, c[i]);
  return y;
}

/* The square root, correctly rounded, in integers: no compiler calls a library for it. */
static inline float dl_sqrt(float x) {
  const uint32_t bits = dl_bits(x);
  int exponent = (int)(bits >> 23), shift;
  uint64_t mantissa = bits & 0x7fffffu, rest, root = 0, bit;
  if (!(x > 0.0f) || exponent == 255) return x < 0.0f ? dl_float(0x7fc00000u) : x;
  if (exponent == 0)
    for (exponent = 1; !(mantissa >> 23); exponent--) mantissa <<= 1;
  else
    mantissa |= 0x800000u;
  shift = 26 - (exponent & 1); /* x = mantissa 2^(exponent - 150); an even power of two is left beside the square */
  rest = mantissa << shift;
  for (bit = (uint64_t)1 << 48; bit; bit >>= 2) {
    if (rest >= root + bit) {
      rest -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  /* 25 bits, the last of which decides the rounding: it cannot be a tie. */
  return dl_float(((uint32_t)((exponent - 150 - shift) / 2 + 151 - 1) << 23) + (uint32_t)((root + 1) >> 1));
}
