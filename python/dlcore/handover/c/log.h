/* Logarithms. All write the argument as 2^k (1 + f), |f| <= 1/3. */

/* (log(1 + f) - f) / f^2. */
static const float dl_log1p_terms[9] = {-0x1.000000p-1f, 0x1.555502p-2f,  -0x1.ffff12p-3f,
                                        0x1.99d1c6p-3f,  -0x1.559858p-3f, 0x1.1ec0c2p-3f,
                                        -0x1.f39ed0p-4f, 0x1.1ec77ap-3f,  -0x1.06e15ep-3f};

/* k ln2 + log(1 + f). */
static inline float dl_log_of_parts(float k, float f) {
  const float tail = dl_fma(f * f, dl_polynomial(f, dl_log1p_terms, 9), k * 0x1.7f7d1cp-20f);
  return dl_fma(k, 0x1.62e400p-1f, f + tail);
}

/* log(x) for x >= 1, infinity and NaN: what the sums of log_softmax can be. */
static inline float dl_log(float x) {
  const uint32_t shifted = dl_bits(x) + (0x3f800000u - 0x3f2aaaabu);
  const float k = (float)((int)(shifted >> 23) - 127);
  const float f = dl_float((shifted & 0x7fffffu) + 0x3f2aaaabu) - 1.0f;
  return x < dl_float(0x7f800000u) ? dl_log_of_parts(k, f) : x;
}

/* log(1 + e^x) = max(x, 0) + log(1 + e^-|x|). */
static inline float dl_softplus_of(float x) {
  const float e = dl_exp_of_negative(dl_float(dl_bits(x) | 0x80000000u));
  const int large = e > 1.0f / 3.0f;
  const float f = large ? dl_fma(e, 0.5f, -0.5f) : e;
  return dl_max(0.0f, x) + dl_log_of_parts(large ? 1.0f : 0.0f, f);
}
