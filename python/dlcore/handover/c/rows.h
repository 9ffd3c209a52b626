/* What is done to a whole row. */

/* y = x * kernel + bias: each output is one chain of fused multiply-adds, from the bias on, in ascending order. */
static inline void dl_affine(size_t inputs, size_t units, const float* kernel, const float* bias, const float* x,
                             float* y) {
  size_t i, j;
  for (j = 0; j < units; j++) y[j] = bias ? bias[j] : 0.0f;
  for (i = 0; i < inputs; i++)
    for (j = 0; j < units; j++) y[j] = dl_fma(x[i], kernel[i * units + j], y[j]);
}

static inline float dl_row_max(size_t n, const float* x) {
  float most = x[0];
  size_t j;
  for (j = 1; j < n; j++) most = dl_max(x[j], most);
  return most;
}

/* The sum over the row of e^(x - shift): column j belongs to lane j % 16, and the lanes are folded in a fixed tree.
   The exponentials go to y, if there is one. */
static inline float dl_sum_of_exponentials(size_t n, const float* x, float shift, float* y) {
  float lanes[16] = {0.0f};
  size_t j, width;
  for (j = 0; j < n; j++) {
    const float e = dl_exp(x[j] - shift);
    if (y) y[j] = e;
    lanes[j % 16] += e;
  }
  for (width = 8; width > 0; width /= 2)
    for (j = 0; j < width; j++) lanes[j] += lanes[j + width];
  return lanes[0];
}

static inline void dl_softmax(size_t n, float* y) {
  const float total = dl_sum_of_exponentials(n, y, dl_row_max(n, y), y);
  size_t j;
  for (j = 0; j < n; j++) y[j] = y[j] / total;
}

static inline void dl_log_softmax(size_t n, float* y) {
  const float shift = dl_row_max(n, y), rest = dl_log(dl_sum_of_exponentials(n, y, shift, (float*)0));
  size_t j;
  for (j = 0; j < n; j++) y[j] = y[j] - shift - rest;
}

/* The row of a table that a float, cut to an integer, names; NaN where there is none. */
static inline void dl_lookup(size_t count, size_t columns, const float* table, float x, float* y) {
  const int known = x > -1.0f && x < (float)count;
  size_t j;
  for (j = 0; j < columns; j++)
    y[j] = known ? table[(size_t)(x > 0.0f ? x : 0.0f) * columns + j] : dl_float(0x7fc00000u);
}

static inline float dl_prelu(float x, float slope) { return dl_max(0.0f, x) - slope * dl_max(0.0f, -x); }
