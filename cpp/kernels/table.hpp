// The kernel table: everything an instruction set provides, as plain function pointers over plain arguments.
// Shapes: m rows, k inputs, n outputs. Every matrix is row-major with a leading dimension (elements from row to row).
#pragma once

#include <cstdint>
#include <type_traits>

#include "manifest.hpp"
#include "simd/inline.hpp"

namespace dlcore {

using Index = int64_t;

// Rows of a batch that a gradient sums as one ascending chain; the chunks' sums are added in order.
constexpr Index kChunkRows = 512;

// Columns and rows of the largest register tile: thread tiles are multiples of these, whatever the instruction set, so
// that no tile is cut twice.
constexpr Index kPanelColumns = 32;
constexpr Index kTileRows = 12;

// Elements of scratch memory that a kernel may ask for, on cache lines of their own. What they hold does not matter.
constexpr Index kScratch = 100 << 10;

// Rows of elements, ld apart; no data stands for a matrix that is not there.
template <class T>
struct Matrix {
  T* data;
  Index ld;
  DLCORE_MEMBER T* row(Index i) const { return data + i * ld; }
  // What lies below row i, and right of column j.
  DLCORE_MEMBER Matrix from(Index i) const { return at(i, 0); }
  DLCORE_MEMBER Matrix at(Index i, Index j) const { return data ? Matrix{row(i) + j, ld} : *this; }
  // The same for reading.
  template <class U = T, class = std::enable_if_t<!std::is_const_v<U>>>
  DLCORE_MEMBER operator Matrix<const U>() const {
    return {data, ld};
  }
};

// An activation with its one parameter (slope or alpha), as a layer carries it.
template <class T>
struct ActivationOf {
  Activation kind;
  T alpha;
};

// One optimizer step's numbers, rounded to T before use. `step_size` is the learning rate or what Adam and others make
// of it; engine/update.cpp says what each kind puts where.
template <class T>
struct Update {
  UpdateKind kind;
  T step_size, momentum, beta_1_rest, beta_2_rest, rho, rho_rest, epsilon, decay;
  T l1 = 0, l2 = 0, shrinkage = 0;
  bool settles = false;  // after this step, state below the smallest normal number becomes zero
};

// A parameter with its optimizer state, rows apart by ld.
template <class T>
struct Parameter {
  Matrix<T> p;
  T* slots[3];
};

// How a matrix is brought to mean 0 and variance 1, scaled and shifted: (x - mean) · inverse · gamma + beta. There is a
// mean and an inverse for each row or for each column; gamma and beta, of each column, may be null.
template <class T>
struct Normalized {
  bool by_row;
  const T *mean, *inverse, *gamma, *beta;
  // The same for what lies below row i.
  DLCORE_MEMBER Normalized from(Index i) const {
    return by_row ? Normalized{true, mean + i, inverse + i, gamma, beta} : *this;
  }
};

// The rows that will be gathered next: those of x that `order` names. With each of its tiles a long product asks for
// some of their lines, so that they are in cache by then.
template <class T>
struct Coming {
  Matrix<const T> x;
  const int64_t* order;
  Index rows, lines;        // lines of a row
  Index lines_a_tile;       // asked for at a time
  Index row = 0, line = 0;  // the next one
};

template <class T>
struct Kernels {
  // y = activation(x · w + b); z, if it has data, gets x · w + b. b may be null. Row-wise activations are left out:
  // y then holds the pre-activation, for `activate`.
  void (*dense)(Index m, Index k, Index n, Matrix<const T> x, Matrix<const T> w, const T* b, ActivationOf<T> activation,
                Matrix<T> z, Matrix<T> y, T* scratch);

  // dx = (dz · wᵀ) ⊙ activation'(z or y) of the layer below, whose z and y are given where its derivative needs them.
  void (*input_gradient)(Index m, Index k, Index n, Matrix<const T> dz, Matrix<const T> w, ActivationOf<T> below,
                         Matrix<const T> z, Matrix<const T> y, Matrix<T> dx, T* scratch);

  // dw = before + xᵀ · dz for the tile of inputs [i0, i1) and outputs [j0, j1), over one chunk: m <= kChunkRows.
  // `before` has the sum of the chunks before it, or no data. With an update dw goes straight into w and its state;
  // without, it is stored to w.p, which may be `before`. `coming` may be null.
  void (*weight_gradient)(Index m, Matrix<const T> x, Matrix<const T> dz, Index i0, Index i1, Index j0, Index j1,
                          Matrix<const T> before, const Update<T>* update, Parameter<T> w, T* scratch,
                          Coming<T>* coming);

  // The same for the bias: the sum over rows of columns [j0, j1).
  void (*bias_gradient)(Index m, Matrix<const T> dz, Index j0, Index j1, Matrix<const T> before,
                        const Update<T>* update, Parameter<T> b);

  // y = activation(z) for any activation; y may be z.
  void (*activate)(Index m, Index n, ActivationOf<T> activation, Matrix<const T> z, Matrix<T> y);
  // dz = dy · Jacobian of the activation; dz may be dy.
  void (*activation_gradient)(Index m, Index n, ActivationOf<T> activation, Matrix<const T> dy, Matrix<const T> z,
                              Matrix<const T> y, Matrix<T> dz);

  // The mean of each row, and the mean of its squared distances from that.
  void (*row_moments)(Index m, Index n, Matrix<const T> x, T* mean, T* variance);
  // sums = before + Σ (x - mean)² over the rows of a chunk, for n columns. `before` may be null, or sums.
  void (*column_squares)(Index m, Index n, Matrix<const T> x, const T* mean, const T* before, T* sums);
  // y = (x - mean) · inverse · gamma + beta.
  void (*normalize)(Index m, Index n, Matrix<const T> x, Normalized<T> by, Matrix<T> y);
  // sums = before + Σ dy ⊙ (x - mean) · inverse over the rows of a chunk: the gradient toward gamma.
  void (*normalized_products)(Index m, Index n, Matrix<const T> dy, Matrix<const T> x, Normalized<T> by,
                              const T* before, T* sums);
  // The gradient toward x. Where the columns of `rows` rows were normalized, dgamma and dbeta are the sums over them.
  void (*normalize_gradient)(Index m, Index n, Matrix<const T> dy, Matrix<const T> x, Normalized<T> by, Index rows,
                             const T* dgamma, const T* dbeta, Matrix<T> dx);
  // y = x · factor + offset, one of each a column: a normalization by statistics that are known.
  void (*scale_and_shift)(Index m, Index n, Matrix<const T> x, const T* factor, const T* offset, Matrix<T> y);

  // values[i] = weight · loss of row i; grad (may be null data) = scale · weight · d loss / d prediction.
  // `labels` for the sparse losses, `targets` for the others; sample_weight may be null.
  void (*loss)(Loss kind, Index m, Index n, Matrix<const T> targets, const int64_t* labels, Matrix<const T> prediction,
               const T* sample_weight, T parameter, T scale, T* values, Matrix<T> grad);
  void (*metric)(Metric kind, Index m, Index n, Matrix<const T> targets, const int64_t* labels,
                 Matrix<const T> prediction, const T* sample_weight, T parameter, T* values);

  // One optimizer step over n elements.
  void (*update)(Index n, const Update<T>& update, T* p, const T* g, T* const slots[3]);

  // out_t = s_t or s_t / (1 - beta^t), s_t = beta · s_{t-1} + (1 - beta) · y_t.
  void (*weighted_average)(Index n, const T* y, T beta, bool bias_correction, T* out);

  // Row i of out is row order[i] of x, of n columns.
  void (*gather_rows)(Index m, Index n, Matrix<const T> x, const int64_t* order, Matrix<T> out);

  // Whether none of n numbers is NaN or infinite.
  bool (*all_finite)(Index n, const T* x);
};

struct KernelTable {
  const char* name;
  Kernels<float> f32;
  Kernels<double> f64;
};

extern const KernelTable table_x86_64_v2, table_x86_64_v3, table_x86_64_v4, table_neon;

}  // namespace dlcore
