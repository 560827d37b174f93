// Marks what is not in the house: a node, and every answer that came from one.
export function CloudBadge() {
  return (
    <span className="badge badge-cloud" title="Not in the house: what is asked leaves it">
      cloud
    </span>
  );
}
