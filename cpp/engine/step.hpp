// One training step: two parallel phases whatever the depth.
//
// Phase 1, by tiles of rows: gather, forward through all layers, loss, and back through all layers, a tile's
// activations staying in cache. Phase 2, by tiles of weights: the gradient of a tile in registers and the optimizer's
// update applied to it at once, so that the gradient never goes to memory.
#pragma once

#include <vector>

#include "engine/network.hpp"

namespace dlcore {

template <class T>
class Stepper {
 public:
  // Memory for steps of up to `batch` rows. The network must outlive this.
  Stepper(const Network<T>& network, Index batch);

  Index batch() const { return batch_; }

  // One step over rows [first, first + rows) of data (through data.order, if any); adds to totals. `look` is called
  // between slices of a long phase 1 and may throw: nothing has changed then.
  void step(const Data<T>& data, Index first, Index rows, const Update<T>& update, const std::function<void()>& look,
            Totals& totals);

 private:
  // What a layer needs of memory between the phases.
  struct Workspace {
    OwnedMatrix<T> z, y, dz;
  };
  // A block of a layer's weights, one task of phase 2; those with i0 = 0 take the bias along.
  struct Block {
    Index layer, i0, i1, j0, j1;
  };

  int threads_for(Index rows) const;
  void pass_rows(const Data<T>& data, Index first, Index rows, Index r0, Index r1);
  void forward(Index r0, Index r1, Matrix<const T> x);
  void loss(const Data<T>& data, Index first, Index rows, Index r0, Index r1);
  void backward(Index r0, Index r1);
  void cut_blocks(int threads);
  Index rows_per_tile(Index rows, int threads) const;

  const Network<T>& network_;
  Index batch_;
  std::vector<Workspace> layers_;
  OwnedMatrix<T> x_, targets_, activated_;
  Buffer<int64_t> labels_;
  Buffer<T> weights_, values_;
  std::vector<Buffer<T>> metric_values_;
  std::vector<Block> blocks_;
  int threads_ = 0;
  double weight_count_ = 0;
  bool metrics_need_activation_ = false;
};

}  // namespace dlcore
