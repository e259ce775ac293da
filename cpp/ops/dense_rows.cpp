#include "ops/dense_rows.h"

namespace hyperlift {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// The beginning of `memory` as a tensor of its own: what is written behind it later does not count
// as a change of it.
at::Tensor beginning(const at::Tensor& memory, int64_t channels) {
  return memory.narrow(1, 0, channels).variable_data();
}

class Append : public torch::autograd::Function<Append> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& rows,
                            const at::Tensor& grown, const at::Tensor& memory) {
    const int64_t channels = rows.size(1);
    const int64_t more = grown.size(1);
    memory.narrow(1, channels, more).copy_(grown);
    context->saved_data["channels"] = channels;
    context->saved_data["more"] = more;
    return beginning(memory, channels + more);
  }
  static variable_list backward(AutogradContext* context, const variable_list& grads) {
    const int64_t channels = context->saved_data["channels"].toInt();
    const int64_t more = context->saved_data["more"].toInt();
    return {grads[0].narrow(1, 0, channels), grads[0].narrow(1, channels, more), {}};
  }
};

// Hands the rows on beside the product, so that their gradient comes through here and the
// product's share is added where it lies: nobody else reads that gradient.
class Product : public torch::autograd::Function<Product> {
 public:
  static variable_list forward(AutogradContext* context, const at::Tensor& rows,
                               const at::Tensor& weight) {
    context->save_for_backward({rows, weight});
    context->set_materialize_grads(false);
    return {rows.variable_data(), rows.mm(weight.to(rows.scalar_type()).t())};
  }
  static variable_list backward(AutogradContext* context, const variable_list& grads) {
    const auto saved = context->get_saved_variables();
    const auto& [rows, weight] = std::tie(saved[0], saved[1]);
    if (!grads[1].defined()) return {grads[0], {}};
    const auto cast = weight.to(rows.scalar_type());
    const auto of_rows =
        grads[0].defined() ? at::Tensor(grads[0]).addmm_(grads[1], cast) : grads[1].mm(cast);
    return {of_rows, grads[1].t().mm(rows).to(weight.scalar_type())};
  }
};

}  // namespace

DenseRows::DenseRows(const at::Tensor& first, int64_t width)
    : memory_(at::empty({first.size(0), width}, first.options().requires_grad(false))) {
  rows_ = Append::apply(memory_.narrow(1, 0, 0), first, memory_);
}

at::Tensor DenseRows::product(const at::Tensor& weight) {
  auto results = Product::apply(rows_, weight);
  rows_ = std::move(results[0]);
  return std::move(results[1]);
}

void DenseRows::append(const at::Tensor& grown) { rows_ = Append::apply(rows_, grown, memory_); }

}  // namespace hyperlift
