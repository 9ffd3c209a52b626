/* The activations of single numbers: the number z and the activation's parameter p, if it has one. */

static inline float dl_relu(float z) { return dl_max(0.0f, z); }

static inline float dl_relu6(float z) { return dl_clamp(z, 0.0f, 6.0f); }

static inline float dl_hard_tanh(float z) { return dl_clamp(z, -1.0f, 1.0f); }

static inline float dl_hard_sigmoid(float z) { return dl_clamp(z + 3.0f, 0.0f, 6.0f) * (1.0f / 6.0f); }

static inline float dl_hard_silu(float z) { return z * dl_hard_sigmoid(z); }

static inline float dl_sparse_sigmoid(float z) { return dl_clamp((z + 1.0f) * 0.5f, 0.0f, 1.0f); }

static inline float dl_sparse_plus(float z) {
  const float t = dl_max(0.0f, (z + 1.0f) * 0.5f);
  return z >= 1.0f ? z : t * t;
}

/* relu with a threshold, a greatest value and a slope below. */
static inline float dl_ramp(float z, float threshold, float top, float slope) {
  const float y = z <= threshold ? 0.0f : z > top ? top : z;
  return slope != 0.0f ? y - slope * dl_max(0.0f, threshold - z) : y;
}

static inline float dl_leaky_relu(float z, float p) { return z > 0.0f ? z : z * p; }

static inline float dl_soft_shrink(float z, float p) {
  if (z < -p) return z + p;
  return z > p ? z - p : z == z ? 0.0f : z;
}

static inline float dl_hard_shrink(float z, float p) { return dl_abs(z) <= p ? 0.0f : z; }

static inline float dl_sigmoid(float z) { return dl_sigmoid_of(z); }

static inline float dl_log_sigmoid(float z) { return -dl_softplus_of(-z); }

static inline float dl_tanh(float z) { return dl_tanh_of(z); }

static inline float dl_tanh_shrink(float z) { return z - dl_tanh_of(z); }

static inline float dl_exponential(float z) { return dl_exp(z); }

static inline float dl_softplus(float z) { return dl_softplus_of(z); }

static inline float dl_softsign(float z) { return z / (1.0f + dl_abs(z)); }

/* (z + sqrt(z^2 + p)) / 2; below 0 as p / 4 over its mirror image, where the sum would cancel. */
static inline float dl_squareplus(float z, float p) {
  const float q = (dl_abs(z) + dl_sqrt(dl_fma(z, z, p))) * 0.5f;
  return z < 0.0f ? p * 0.25f / q : q;
}

static inline float dl_elu(float z, float p) { return z > 0.0f ? z : p * dl_expm1(z); }

static inline float dl_celu(float z, float p) { return z > 0.0f ? z : p * dl_expm1(z * (1.0f / p)); }

static inline float dl_selu(float z) {
  const float scale = (float)1.0507009873554804934, below = (float)(1.0507009873554804934 * 1.6732632423543772848);
  return z > 0.0f ? scale * z : below * dl_expm1(z);
}

static inline float dl_gelu(float z) { return dl_gelu_of(z); }

/* z sigmoid(2 u), u = sqrt(2 / pi) (z + 0.044715 z^3). */
static inline float dl_gelu_tanh(float z) {
  const float first = (float)1.5957691216057307118, third = (float)(0.044715 * 1.5957691216057307118);
  return z * dl_sigmoid_of(z * dl_fma(z * z, third, first));
}

static inline float dl_silu(float z) { return z * dl_sigmoid_of(z); }

/* z tanh(softplus(z)) = z n / (n + 2), n = e^z (e^z + 2). */
static inline float dl_mish(float z) {
  const float e = dl_exp(dl_min(20.0f, z)), n = e * (e + 2.0f);
  return z * (n / (n + 2.0f));
}
