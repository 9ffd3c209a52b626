// A network bound to the caller's arrays: epochs of training, evaluation and prediction.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>

#include "engine/network.hpp"
#include "engine/step.hpp"

namespace dlcore {

template <class T>
class Engine {
 public:
  explicit Engine(Network<T> network) : network_(std::move(network)) {}

  const Network<T>& network() const { return network_; }

  // One epoch of ceil(rows / batch) steps; step i uses rates[i] and counts hyper.step + i.
  Totals train(const Data<T>& data, Index batch, Hyper hyper, const double* rates, const Report& report);

  // Steps that all calls of train finished, those included that were cut short.
  int64_t taken() const { return taken_; }

  // Loss and metrics over all rows, nothing changed.
  Totals evaluate(const Data<T>& data, Index batch, const Report& report);

  // The network's output for every row of x.
  void predict(Index rows, Matrix<const T> x, Matrix<T> out, const Report& report);

  // The same for few rows, on this thread. Waits for nobody: false if another call is under way or the rows are many.
  bool predict_at_once(Index rows, Matrix<const T> x, Matrix<T> out);

  double flops(Index rows) const;  // of a forward pass
  double weight_bytes() const;

 private:
  void run_forward(Index rows, Matrix<const T> x, Matrix<T> out, bool activate_output, int worker);
  void normalize_rows(size_t l, Index rows, Matrix<const T> x, Matrix<T> y) const;
  void reserve_scratch(Index rows, int threads);
  void fold();
  Index rows_between_looks() const;

  Network<T> network_;
  std::mutex mutex_;  // one call at a time: the workspaces below are shared
  std::unique_ptr<Stepper<T>> stepper_;
  std::atomic<int64_t> taken_{0};
  std::vector<std::array<OwnedMatrix<T>, 2>> scratch_;  // of each worker: outputs of even layers, and of odd ones
  Index scratch_rows_ = 0;
  std::vector<std::array<Buffer<T>, 2>> folded_;  // factor and offset of each batch normalization
};

}  // namespace dlcore
