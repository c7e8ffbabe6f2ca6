/** Something that fails again and again, which is worth telling twice: when that begins, and when it ends. */
export class Outage {
  #lasts = false;

  /** Notes a failure; tells the first. */
  begin(tell: () => void): void {
    if (!this.#lasts) tell();
    this.#lasts = true;
  }

  /** Notes a success; tells the first after a failure. */
  end(tell: () => void): void {
    if (this.#lasts) tell();
    this.#lasts = false;
  }
}
