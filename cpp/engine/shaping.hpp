// Phase 3 of a step, where gradients are wanted whole before they become an update: the slope of a regularizer is
// added, the gradients of several steps are gathered to their mean, a bound is kept. python/dlcore/models/hooks.py and
// python/dlcore/optimizers say the same op by op, to the last bit.
#pragma once

#include <vector>

#include "engine/memory.hpp"
#include "engine/network.hpp"

namespace dlcore {

// Whether the network asks for any of that.
template <class T>
bool is_shaped(const Network<T>& network);

// What the regularizers add to the loss of a batch.
template <class T>
double penalty(const Network<T>& network);

// The gradients of a layer, laid out as its parameters.
template <class T>
struct Gradients {
  Buffer<T> w, b;
};

template <class T>
class Shaper {
 public:
  // The gradients must stay where they are.
  Shaper(const Network<T>& network, const std::vector<Gradients<T>>& gradients);

  // Makes the gradients an update, or none if they are only gathered; what they hold afterwards does not matter.
  // Returns the penalty of the weights as they were.
  double step(const Update<T>* update, int threads);

 private:
  // A parameter with its gradient, what bounds that, and where its pieces are.
  struct Subject {
    Index columns;
    Parameter<T> parameter;
    Traits<T> traits;
    T* gradient;
    size_t first, last;
    T scale = 1;
  };
  // Some rows of a subject, one task, and its sums: of the weights, and of the squared gradient.
  struct Piece {
    size_t subject;
    Index row, rows;
    double absolutes = 0, squares = 0, norm = 0;
  };

  void add(Index rows, Index columns, const Parameter<T>& parameter, const Traits<T>& traits, T* gradient);
  void shape(Piece& piece, bool completes, bool wants_norm) const;
  void apply(const Piece& piece, const Update<T>& update, T scale) const;
  void find_scales();
  double penalty_of_pieces() const;
  double sum(const Subject& subject, double Piece::* value) const;

  Shaping shaping_;
  std::vector<Subject> subjects_;
  std::vector<Piece> pieces_;  // in the order of the subjects
  double elements_ = 0;
};

}  // namespace dlcore
