// Wagtail takes the form as it stands when a save of its own comes back for what was saved. What was typed on the way would be
// neither saved nor warned of, under the word "Saved". So the form is measured against what was sent: the rest is saved next.

const sent = new WeakMap();

function unsaved(form) {
  return window.wagtail?.app?.getControllerForElementAndIdentifier(form, "w-unsaved");
}

document.addEventListener("w-autosave:save", ({ target }) => {
  const controller = unsaved(target);
  if (controller) sent.set(target, controller.formData);
});

// After Wagtail's own listener, which stands on the form.
document.addEventListener("w-autosave:success", ({ target }) => {
  const controller = unsaved(target);
  const form = sent.get(target);
  if (controller && form !== undefined) Object.assign(controller, { initialFormData: form, previousFormData: form });
  sent.delete(target);
});
