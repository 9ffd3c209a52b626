/* x Phi(x), Phi being the normal distribution's function. */

/* (Phi(x) - 1/2) / x, in x^2. */
static const float dl_normal_centre_terms[5] = {0x1.988452p-2f, -0x1.1057aap-4f, 0x1.46adeep-7f, -0x1.33e1c2p-10f,
                                                0x1.999b4cp-14f};

/* t exp(t^2 / 2) Phi(-t), in 1 / (t + 3) - 115 / 512. */
static const float dl_normal_tail_terms[9] = {0x1.388afep-2f,  -0x1.77e364p+0f, -0x1.24f784p+3f,
                                              -0x1.b42e50p+4f, -0x1.8d2488p+4f, 0x1.120a92p+6f,
                                              0x1.990d6ap+6f,  -0x1.a26100p+8f, -0x1.ce13e8p+9f};

/* factor exp(-t^2 / 2) for 0 <= t <= 14.5. t^2 is taken as the exact square of its upper bits, and a small rest. */
static inline float dl_times_gaussian(float factor, float t) {
  const float high = dl_float(dl_bits(t) & 0xfffff000u), rest = 0.5f * (t - high) * (t + high);
  const float shift = 0x1.8p23f + 64.0f, integer = dl_fnma(t * t, 0x1.715476p+0f / 2.0f, shift), n = integer - shift;
  const float r = dl_fnma(n, 0x1.62e400p-1f, -0.5f * high * high);
  const float p = dl_expm1_reduced(r - dl_fma(n, 0x1.7f7d1cp-20f, rest));
  return dl_fma(factor, p, factor) * dl_power_of_two(integer) * 0x1p-64f;
}

/* x Phi(x): in the middle by a polynomial, in the tails max(x, 0) - |x| Phi(-|x|). */
static inline float dl_gelu_of(float x) {
  const float t = dl_min(14.5f, dl_abs(x));
  const float v = dl_fnma(t, 0x1.cc0000p-3f, 1.0f - 0x1.cc0000p-3f * 3.0f) / (t + 3.0f);
  const float slope = dl_polynomial(v, dl_normal_tail_terms + 1, 8), y = dl_fma(slope, v, dl_normal_tail_terms[0]);
  if (dl_abs(x) < 0.875f) return x * dl_fma(x, dl_polynomial(x * x, dl_normal_centre_terms, 5), 0.5f);
  return dl_max(0.0f, x) - dl_times_gaussian(y, t);
}
