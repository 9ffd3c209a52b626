// Normalization over whole batches: sums along columns, cut into the chunks of the numeric law, columns shared by
// threads.
#pragma once

#include "engine/network.hpp"

namespace dlcore {

// 1 / √(variance + epsilon).
template <class T>
void invert_deviations(Index count, const T* variance, T epsilon, T* inverse);

// The mean of each column, and the mean of its squared distances from that.
template <class T>
void column_moments(Index m, Index n, Matrix<const T> x, T* mean, T* variance, int threads);

// The gradients toward gamma and beta.
template <class T>
void sum_gradients(Index m, Index n, Matrix<const T> dy, Matrix<const T> x, const Normalized<T>& by, T* dgamma,
                   T* dbeta, int threads);

// moving · momentum + of the batch · (1 - momentum), for mean and variance.
template <class T>
void follow(const Normalization<T>& normalization, Index n, const T* mean, const T* variance);

// What x is multiplied by in use, and what is added then; gamma and beta may be null.
template <class T>
void fold_statistics(const Normalization<T>& normalization, Index n, const T* gamma, const T* beta, T* factor,
                     T* offset);

}  // namespace dlcore
