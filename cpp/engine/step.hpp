// One training step: two parallel phases whatever the depth, once for every window of the batch, and a third if the
// gradients are wanted whole. Only a batch normalization, which needs its statistics before any row goes on and the
// sums of its gradients before any row goes back, cuts phase 1 in two, forward and back.
//
// Phase 1, by tiles of rows: gather, forward through all layers, loss, and back through all layers, a tile's
// activations staying in cache. Phase 2, by blocks of weights: the gradient of a tile in registers and the optimizer's
// update made between the products of the next tile, so that the gradient never goes to memory. Only a batch of more
// rows than one chunk of a gradient (kChunkRows) is cut into windows, for which the sums of the gradients are kept; its
// activations then stay in cache between the phases, and take no more memory than those of a window. If the weights are
// small and there is a chunk for every thread, each goes through both phases with a chunk of its own.
#pragma once

#include <optional>
#include <vector>

#include "engine/dropout.hpp"
#include "engine/network.hpp"
#include "engine/shaping.hpp"

namespace dlcore {

template <class T>
class Stepper {
 public:
  // Memory for steps of up to `batch` rows. The network must outlive this.
  Stepper(const Network<T>& network, Index batch);

  Index batch() const { return batch_; }

  // Before steps of up to so many rows, at most `batch`, and whenever the number of threads may have changed.
  void prepare(Index batch);

  // One step over rows [first, first + rows) of data (through data.order, if any); adds to totals. No update: the
  // gradients are only gathered. `look` is called between slices of a long phase 1 and may throw: nothing has changed
  // then.
  void step(const Data<T>& data, Index first, Index rows, const Update<T>* update, const std::function<void()>& look,
            Totals& totals);

 private:
  // What a layer needs of memory between the phases; with dropout its input is a copy, too. A normalization has its
  // statistics, of columns or of rows.
  struct Workspace {
    OwnedMatrix<T> z, y, dz, input;
    Buffer<Mask<T>> kept;
    Buffer<T> mean, variance, inverse;
  };
  // A block of a layer's weights, one task of phase 2; those with i0 = 0 take the bias along.
  struct Block {
    Index layer, i0, i1, j0, j1;
  };
  // The rows in the workspaces: rows of the batch from `at` on, which begins at row `first` of the data. A small last
  // batch may need fewer threads than the others.
  struct Window {
    Index first, at, rows, batch_rows;
    int threads;
    bool is_first() const { return at == 0; }
    bool is_last() const { return at + rows == batch_rows; }
  };

  int threads_for(Index rows) const;
  void make_room(Index rows);
  void make_room_for(const Data<T>& data);
  template <class Body>
  void by_tiles(const Window& window, const std::function<void()>& look, const Body& body) const;
  void phase_1(const Data<T>& data, const Window& window, const std::function<void()>& look);
  void phase_2(const Data<T>& data, const Window& window, const Update<T>* update);
  void by_chunks(const Data<T>& data, const Window& window);
  Matrix<const T> input_of(size_t layer, const Data<T>& data, const Window& window) const;
  Normalized<T> normalized(size_t layer) const;
  void update_block(const Data<T>& data, const Window& window, const Block& block, Index c, Index rows,
                    const Gradients<T>& sums, bool begun, const Update<T>* update, Coming<T>* coming);
  void update_normalization(const Data<T>& data, const Window& window, const Block& block, Index c, Index rows,
                            const Gradients<T>& sums, bool begun, const Update<T>* update);
  Coming<T> coming_after(const Data<T>& data, const Window& window) const;
  void pass_rows(const Data<T>& data, const Window& window, size_t from, size_t to, Index r0, Index r1);
  void forward(const Window& window, size_t from, size_t to, Index r0, Index r1, Matrix<const T> x);
  void normalize_rows(size_t l, Index r0, Index r1, Matrix<const T> x, Matrix<T> out);
  void loss(const Data<T>& data, const Window& window, Index r0, Index r1);
  void backward(const Window& window, size_t from, size_t to, Index r0, Index r1);
  void cut_blocks();

  const Network<T>& network_;
  Index batch_, window_ = 0, room_ = 0;  // room for so many rows, of which a window takes some
  std::vector<Workspace> layers_;
  std::vector<size_t> cuts_;                      // the batch normalizations
  std::vector<Gradients<T>> gradients_;           // summed over the chunks so far, where there are several or a phase 3
  std::vector<std::vector<Gradients<T>>> parts_;  // those of each chunk of a window, where threads go by chunks
  std::optional<Shaper<T>> shaper_;               // where the sums become the update in a phase 3
  OwnedMatrix<T> x_, targets_, activated_;
  Buffer<int64_t> labels_;
  Buffer<T> weights_;
  Buffer<T> values_;  // the loss of every row of the batch, and below its metrics
  std::vector<Buffer<T>> metric_values_;
  std::vector<Block> blocks_;
  int threads_ = 0;  // of a whole batch: what the windows and the blocks are cut for
  double weight_count_ = 0;
  bool metrics_need_activation_ = false;
};

}  // namespace dlcore
