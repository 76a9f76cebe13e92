// Lets a file be dropped on the field. Without this script the plain file field
// does the same.

for (const drop of document.querySelectorAll("[data-drop]")) {
  const field = drop.querySelector('input[type="file"]');
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("is-over");
    if (event.dataTransfer.files.length > 0) field.files = event.dataTransfer.files;
  });
}
