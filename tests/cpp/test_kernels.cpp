// The matrix kernels of every instruction set this processor has: against float64 on every tile remainder, with guard
// pages behind each array, and the same bits from all that have fma.
#include <algorithm>
#include <cmath>
#include <string>

#include "check.hpp"
#include "engine/memory.hpp"
#include "engine/network.hpp"
#include "gradients.hpp"
#include "random_data.hpp"
#include "runtime/dispatch.hpp"
#include "runtime/scratch.hpp"

namespace dlcore {
namespace {

struct Shape {
  Index m, k, n;
};

std::vector<Shape> shapes() {
  std::vector<Shape> all;
  for (Index m : {0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 25})
    for (Index n : {1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 65, 130}) all.push_back({m, 1 + (m * 7 + n) % 40, n});
  all.push_back({5, 0, 9});
  all.push_back({3, 1100, 33});    // more inputs than one pass over a panel takes
  all.push_back({70, 1100, 2});    // of few outputs, too
  all.push_back({1300, 13, 18});   // more rows than one chunk of a gradient
  all.push_back({300, 200, 70});   // and than one pass over a panel of it, and more inputs than one of its blocks
  all.push_back({530, 260, 300});  // x and dz are large enough to be copied
  return all;
}

// |error| <= gamma_k · Σ |a| |b|, with a start value counted as one product.
template <class T>
double bound(Index k, double magnitude) {
  const double unit = sizeof(T) == 4 ? 0x1p-24 : 0x1p-53;
  return (static_cast<double>(k) + 2) * unit * 1.01 * magnitude;
}

template <class T>
struct Products {
  std::vector<T> y, dx, dw, db;
};

template <class T>
Products<T> run(const Shape& s, bool check_bounds) {
  const Kernels<T>& kernel = kernels<T>();
  const auto [m, k, n] = s;
  const Guarded<T> x(uniform<T>(m * k, 1)), w(uniform<T>(k * n, 2)), b(uniform<T>(n, 3)), dz(uniform<T>(m * n, 4));
  const Guarded<T> y(m * n), dx(m * k), dw(k * n), db(n);
  kernel.dense(m, k, n, {x.data(), k}, {w.data(), n}, b.data(), {Activation::linear, 0}, {nullptr, 0}, {y.data(), n},
               scratch<T>());
  kernel.input_gradient(m, k, n, {dz.data(), n}, {w.data(), n}, {Activation::linear, 0}, {nullptr, 0}, {nullptr, 0},
                        {dx.data(), k}, scratch<T>());
  gradients(m, k, n, x.data(), dz.data(), dw.data(), db.data());
  if (check_bounds) {
    const auto compare = [&](const T* got, Index rows, Index columns, Index depth, auto term, auto start) {
      for (Index i = 0; i < rows; i++)
        for (Index j = 0; j < columns; j++) {
          double sum = start(j), size = std::fabs(sum);
          for (Index p = 0; p < depth; p++) {
            const double product = term(i, j, p);
            sum += product;
            size += std::fabs(product);
          }
          CHECK_CLOSE(static_cast<double>(got[i * columns + j]), sum, bound<T>(depth, size));
        }
    };
    const auto zero = [](Index) { return 0.0; };
    const auto at = [](const Guarded<T>& a, Index i) { return static_cast<double>(a.data()[i]); };
    compare(
        y.data(), m, n, k, [&](Index i, Index j, Index p) { return at(x, i * k + p) * at(w, p * n + j); },
        [&](Index j) { return at(b, j); });
    compare(dx.data(), m, k, n, [&](Index i, Index j, Index p) { return at(dz, i * n + p) * at(w, j * n + p); }, zero);
    compare(dw.data(), k, n, m, [&](Index i, Index j, Index p) { return at(x, p * k + i) * at(dz, p * n + j); }, zero);
    compare(db.data(), 1, n, m, [&](Index, Index j, Index p) { return at(dz, p * n + j); }, zero);
  }
  return {{y.data(), y.data() + m * n},
          {dx.data(), dx.data() + m * k},
          {dw.data(), dw.data() + k * n},
          {db.data(), db.data() + n}};
}

template <class T>
void every_target() {
  for (const Shape& shape : shapes()) {
    Products<T> first;
    for (const std::string& target : available_targets()) {
      force_target(target);
      const Products<T> got = run<T>(shape, true);
      if (target == "x86_64_v2") continue;  // no fma, so other bits
      if (target == available_targets().front()) {
        first = got;
        continue;
      }
      CHECK(got.y == first.y);
      CHECK(got.dx == first.dx);
      CHECK(got.dw == first.dw);
      CHECK(got.db == first.db);
    }
  }
}

TEST(products_float32) { every_target<float>(); }
TEST(products_float64) { every_target<double>(); }

// The update made beside the products of the next tile gives the bits of the gradient first and the update afterwards.
TEST(an_update_beside_the_products_is_the_update_after_them) {
  const Hyper hyper{0.01, 0.9, 0.9, 0.999, 0.9, 1e-7, 0.001, 3, 0.01, 0.01, 0.01, 1};
  for (const Shape& s :
       {Shape{5, 30, 100}, Shape{40, 60, 130}, Shape{40, 25, 64}, Shape{270, 200, 96}, Shape{512, 24, 70}})
    for (int kind = 0; kind <= static_cast<int>(UpdateKind::lion); kind++) {
      const auto update = make_update<float>(static_cast<UpdateKind>(kind), hyper);
      const auto [m, k, n] = s;
      const auto x = uniform<float>(m * k, 1), dz = uniform<float>(m * n, 2), chunks_before = uniform<float>(k * n, 4);
      std::vector<float> first;
      for (const std::string& target : available_targets()) {
        force_target(target);
        std::vector<float> p[2], slots[2][3], gradient(k * n);
        for (int way : {0, 1}) {
          p[way] = uniform<float>(k * n, 3);
          for (auto& slot : slots[way]) slot.assign(k * n, 0.25F);
          const Parameter<float> w{{p[way].data(), n},
                                   {slots[way][0].data(), slots[way][1].data(), slots[way][2].data()}};
          const Matrix<const float> left{x.data(), k}, right{dz.data(), n}, before{chunks_before.data(), n};
          if (way == 0) {
            kernels<float>().weight_gradient(m, left, right, 0, k, 0, n, before, &update, w, scratch<float>(), nullptr);
          } else {
            kernels<float>().weight_gradient(m, left, right, 0, k, 0, n, before, nullptr, {{gradient.data(), n}, {}},
                                             scratch<float>(), nullptr);
            kernels<float>().update(k * n, update, p[way].data(), gradient.data(), w.slots);
          }
        }
        CHECK(p[0] == p[1]);
        for (int slot = 0; slot < 3; slot++) CHECK(slots[0][slot] == slots[1][slot]);
        if (target == "x86_64_v2") continue;  // no fma, so other bits
        if (first.empty()) first = p[0];
        CHECK(p[0] == first);
      }
    }
}

// A row alone, the same row in a batch, and a batch cut anywhere give the same bits.
TEST(rows_do_not_depend_on_their_batch) {
  const Index m = 29, k = 70, n = 45;
  const auto x = uniform<float>(m * k, 1), w = uniform<float>(k * n, 2), b = uniform<float>(n, 3);
  for (const std::string& target : available_targets()) {
    force_target(target);
    std::vector<float> whole(m * n), part(m * n);
    const auto dense = [&](Index from, Index rows, std::vector<float>& y) {
      kernels<float>().dense(rows, k, n, {x.data() + from * k, k}, {w.data(), n}, b.data(), {Activation::tanh, 0},
                             {nullptr, 0}, {y.data() + from * n, n}, scratch<float>());
    };
    dense(0, m, whole);
    for (Index cut = 1; cut < m; cut++) {
      dense(0, cut, part);
      dense(cut, m - cut, part);
      CHECK(part == whole);
    }
  }
}

// Elementwise and row kernels touch nothing beyond their arrays, whatever the remainder.
TEST(row_kernels_stay_inside) {
  for (const std::string& target : available_targets()) {
    force_target(target);
    for (Index n = 1; n <= 37; n++) {
      const Guarded<float> z(uniform<float>(3 * n, 1)), y(3 * n), g(3 * n), values(3);
      for (int kind = 0; kind <= static_cast<int>(Activation::log_softmax); kind++) {
        const ActivationOf<float> activation{static_cast<Activation>(kind), 0.3F};
        kernels<float>().activate(3, n, activation, {z.data(), n}, {y.data(), n});
        kernels<float>().activation_gradient(3, n, activation, {z.data(), n}, {z.data(), n}, {y.data(), n},
                                             {g.data(), n});
        for (Index i = 0; i < 3 * n; i++) CHECK(std::isfinite(g.data()[i]));
      }
      const int64_t labels[3] = {0, n - 1, n / 2};
      kernels<float>().activate(3, n, {Activation::softmax, 0}, {z.data(), n}, {y.data(), n});
      for (int kind = 0; kind <= static_cast<int>(Loss::smooth_l1); kind++) {
        const auto loss = static_cast<Loss>(kind);
        const bool sparse =
            loss == Loss::sparse_categorical_crossentropy || loss == Loss::sparse_categorical_crossentropy_logits;
        kernels<float>().loss(loss, 3, n, {y.data(), n}, sparse ? labels : nullptr, {y.data(), n}, nullptr, 0.5F, 1,
                              values.data(), {g.data(), n});
        for (Index i = 0; i < 3; i++) CHECK(std::isfinite(values.data()[i]));
      }
      const Guarded<float> p(uniform<float>(n, 5)), s0(n), s1(n), s2(n);
      for (int kind = 0; kind <= static_cast<int>(UpdateKind::lion); kind++) {
        float* const slots[3] = {s0.data(), s1.data(), s2.data()};
        const Update<float> update{static_cast<UpdateKind>(kind), 0.1F, 0.9F, 0.1F, 0.1F, 0.9F, 0.1F, 1e-3F, 0.01F};
        kernels<float>().update(n, update, p.data(), z.data(), slots);
      }
    }
  }
}

}  // namespace
}  // namespace dlcore

int main(int count, char** arguments) { return check::run(count > 1 ? arguments[1] : ""); }
